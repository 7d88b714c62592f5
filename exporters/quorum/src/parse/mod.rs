//! Pure parsers of everything the role reads; no file, socket or clock is known here.

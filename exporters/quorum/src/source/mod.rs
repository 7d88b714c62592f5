//! Fetching the bytes: from peers over one kept connection each, from the data folder, from MicroK8s' files.

//! HTTPS out with deadlines, body limits and errors that name no secret

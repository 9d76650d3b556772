//! The config file: discovery, precedence, unknown keys refused.

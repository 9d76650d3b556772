//! Baselines of detect-secrets.

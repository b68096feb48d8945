"""The proof: tests mirror the rooms; `kit` holds what they share."""

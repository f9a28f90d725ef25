"""Experts, rounds, assignments and standings at the secretariat's desk."""

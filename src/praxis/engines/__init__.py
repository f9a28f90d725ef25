"""Pure algorithms of the review: numbers in, numbers out; no Django, no files, no clock."""

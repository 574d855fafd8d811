"""The weekly digest: what happened between us and the people who talk about us, told in a letter and posted once."""

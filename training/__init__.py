"""Scripts that make what the wheel ships ready-made, each with where it comes from beside it."""

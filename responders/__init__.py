"""What goes out: drafts, the desk where people decide, delivery, the weekly digest."""

"""How the small models in the wheel were made, for anyone to make them anew from texts they have."""

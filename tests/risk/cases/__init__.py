"""Tables of pictures for each rule."""

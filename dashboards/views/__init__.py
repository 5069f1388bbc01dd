"""One page each, drawn with Streamlit from `charts`, `data` and `texts`. No sentence stands here: all of them are in `texts`."""

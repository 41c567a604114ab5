"""Reading applications: one reader per format, one Application for all of them."""

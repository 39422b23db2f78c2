"""Machine code of compiled loops: compiling, storing and loading."""

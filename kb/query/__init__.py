"""Query text to a question: lexer, grammars, trees."""

"""How do compiled loops become machine code, and where is it kept?"""

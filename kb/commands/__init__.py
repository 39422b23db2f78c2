"""What does a person at a terminal want done?"""

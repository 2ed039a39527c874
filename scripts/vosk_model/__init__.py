"""What `make_vosk_test_model.py` is made of."""

"""The process of a language model whose work is real and whose words are ours."""

from companion.think.llama_child import serve
from scripts.test_models.forced import Forced

TEXT = "You carry so much, and it is a lot. I hear how tired you are."

if __name__ == "__main__":
    serve(lambda llama: Forced(llama, TEXT))

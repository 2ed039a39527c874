# Read by CMake at llama.cpp's project() line. The `common` library serves only its command-line tools;
# leaving it out takes a third off the build.
set(LLAMA_BUILD_COMMON OFF)

#include "sentencepiece_shim.h"

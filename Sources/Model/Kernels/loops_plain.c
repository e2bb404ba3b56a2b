#define MV_SUFFIX _plain
#define MV_NAME "plain"
#include "loops.h"

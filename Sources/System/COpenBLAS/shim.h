#pragma once
// CBLAS and OpenBLAS's own thread setting. Nothing is added: this header only gives the module a name.
#include <cblas.h>

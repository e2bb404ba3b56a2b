#pragma once
// libsentencepiece behind C: Swift cannot call its std::string_view interface, and its exceptions must not cross.
// One model is one opaque pointer; after creation it is only read, so threads may share it.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mv_sentencepiece mv_sentencepiece;

typedef enum {
  MV_SENTENCEPIECE_OK = 0,
  MV_SENTENCEPIECE_MALFORMED = 1,  // the bytes are no model, or one that is not usable
  MV_SENTENCEPIECE_NO_MEMORY = 2,
  MV_SENTENCEPIECE_FAILED = 3,     // anything else the library refuses
} mv_sentencepiece_status;

// Reads a model (the contents of spiece.model). *model is NULL unless the status is OK.
mv_sentencepiece_status mv_sentencepiece_create(const void *bytes, size_t count, mv_sentencepiece **model);
void mv_sentencepiece_destroy(mv_sentencepiece *model);

// Splits UTF-8 text into pieces. *ids holds *id_count numbers; give it back with mv_sentencepiece_free.
mv_sentencepiece_status mv_sentencepiece_encode(
    const mv_sentencepiece *model, const char *text, size_t count, int32_t **ids, size_t *id_count);
void mv_sentencepiece_free(int32_t *ids);

// Pieces have the ids 0 ..< mv_sentencepiece_size.
int32_t mv_sentencepiece_size(const mv_sentencepiece *model);
// -1 if there is no such piece.
int32_t mv_sentencepiece_id(const mv_sentencepiece *model, const char *piece, size_t count);
// UTF-8, not terminated, alive as long as the model; NULL if there is no such id.
const char *mv_sentencepiece_piece(const mv_sentencepiece *model, int32_t id, size_t *count);

// -1 if the model does not define them.
int32_t mv_sentencepiece_unknown_id(const mv_sentencepiece *model);
int32_t mv_sentencepiece_end_id(const mv_sentencepiece *model);
int32_t mv_sentencepiece_padding_id(const mv_sentencepiece *model);

#ifdef __cplusplus
}
#endif

#include "sentencepiece_shim.h"

#include <sentencepiece_processor.h>

#include <climits>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <vector>

struct mv_sentencepiece {
  sentencepiece::SentencePieceProcessor processor;
};

namespace {

// Runs `body` and turns what it throws into a status.
template <typename Body>
mv_sentencepiece_status guarded(Body body) noexcept {
  try {
    return body();
  } catch (const std::bad_alloc &) {
    return MV_SENTENCEPIECE_NO_MEMORY;
  } catch (...) {
    return MV_SENTENCEPIECE_FAILED;
  }
}

mv_sentencepiece_status load(const void *bytes, size_t count, mv_sentencepiece **result) {
  auto *model = new mv_sentencepiece;
  const auto status = model->processor.LoadFromSerializedProto({static_cast<const char *>(bytes), count});
  if (!status.ok() || model->processor.GetPieceSize() <= 0) {
    delete model;
    return MV_SENTENCEPIECE_MALFORMED;
  }
  *result = model;
  return MV_SENTENCEPIECE_OK;
}

mv_sentencepiece_status copy(const std::vector<int> &source, int32_t **ids, size_t *id_count) {
  auto *result = static_cast<int32_t *>(std::malloc((source.size() + 1) * sizeof(int32_t)));
  if (result == nullptr) return MV_SENTENCEPIECE_NO_MEMORY;
  for (size_t i = 0; i < source.size(); ++i) result[i] = source[i];
  *ids = result;
  *id_count = source.size();
  return MV_SENTENCEPIECE_OK;
}

bool is_piece(const mv_sentencepiece *model, int32_t id) {
  return id >= 0 && id < model->processor.GetPieceSize();
}

}  // namespace

mv_sentencepiece_status mv_sentencepiece_create(const void *bytes, size_t count, mv_sentencepiece **model) {
  *model = nullptr;
  // The library parses at most INT_MAX bytes.
  if (bytes == nullptr || count > INT_MAX) return MV_SENTENCEPIECE_MALFORMED;
  return guarded([&] { return load(bytes, count, model); });
}

void mv_sentencepiece_destroy(mv_sentencepiece *model) { delete model; }

mv_sentencepiece_status mv_sentencepiece_encode(
    const mv_sentencepiece *model, const char *text, size_t count, int32_t **ids, size_t *id_count) {
  *ids = nullptr;
  *id_count = 0;
  if (count > INT_MAX / 4) return MV_SENTENCEPIECE_FAILED;
  return guarded([&] {
    std::vector<int> result;
    if (!model->processor.Encode({text, count}, &result).ok()) return MV_SENTENCEPIECE_FAILED;
    return copy(result, ids, id_count);
  });
}

void mv_sentencepiece_free(int32_t *ids) { std::free(ids); }

int32_t mv_sentencepiece_size(const mv_sentencepiece *model) { return model->processor.GetPieceSize(); }

int32_t mv_sentencepiece_id(const mv_sentencepiece *model, const char *piece, size_t count) {
  // PieceToId answers "unknown" for what it does not have, so look whether the id really has this name.
  const int32_t id = model->processor.PieceToId({piece, count});
  if (!is_piece(model, id)) return -1;
  const std::string &found = model->processor.IdToPiece(id);
  return found.size() == count && std::memcmp(found.data(), piece, count) == 0 ? id : -1;
}

const char *mv_sentencepiece_piece(const mv_sentencepiece *model, int32_t id, size_t *count) {
  *count = 0;
  if (!is_piece(model, id)) return nullptr;
  const std::string &piece = model->processor.IdToPiece(id);
  *count = piece.size();
  return piece.data();
}

int32_t mv_sentencepiece_unknown_id(const mv_sentencepiece *model) { return model->processor.unk_id(); }
int32_t mv_sentencepiece_end_id(const mv_sentencepiece *model) { return model->processor.eos_id(); }
int32_t mv_sentencepiece_padding_id(const mv_sentencepiece *model) { return model->processor.pad_id(); }

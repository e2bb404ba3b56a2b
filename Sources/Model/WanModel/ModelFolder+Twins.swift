import Checkpoints

extension ModelFolder {
  /// Single files are easily mixed up: the same expert twice, under two names, renders noise.
  ///
  /// Looks at blocks spread over both files, not at all of them.
  /// - Throws: ``CheckpointError`` if they hold the same.
  func verifyThatExpertsDiffer() throws(CheckpointError) {
    guard hasSingleFileExperts, try pipelineConfiguration().contains(Self.experts[1]) else { return }
    let files = [try MappedFile(path: location(Self.experts[0])), try MappedFile(path: location(Self.experts[1]))]
    guard files[0].byteCount == files[1].byteCount, files[0].byteCount > 0 else { return }
    let blocks = 64
    for block in 0..<blocks {
      let start = files[0].byteCount / blocks * block
      let range = start..<min(start + 4096, files[0].byteCount)
      guard files[0].bytes[range].elementsEqual(files[1].bytes[range]) else { return }
    }
    throw CheckpointError(.twinExperts(other: files[1].path), path: files[0].path)
  }
}

import Fuzzing
import Testing

@testable import Checkpoints

@Suite struct PathTextTests {
  @Test(arguments: [
    ("/a/b.tar.gz", "/a", "b.tar.gz", "gz", "/a/b.tar"), ("b.GGUF", "", "b.GGUF", "gguf", "b"),
    ("/b", "/", "b", "", "/b"), ("a//", "", "a", "", "a"), ("/a//b//", "/a", "b", "", "/a//b"), ("", "", "", "", ""),
    ("/", "/", "", "", "/"), ("//", "/", "", "", "//"), ("a/.hidden", "a", ".hidden", "", "a/.hidden"),
    ("红/e\u{301}.safetensors", "红", "e\u{301}.safetensors", "safetensors", "红/e\u{301}"),
    ("a.b/c", "a.b", "c", "", "a.b/c"),
    ("a/\u{301}x", "a", "\u{301}x", "", "a/\u{301}x"),
  ])
  func pathsHaveParts(_ path: String, _ folder: String, _ name: String, _ kind: String, _ stem: String) {
    #expect(path.parentFolder == folder && path.fileName == name)
    #expect(path.fileExtension == kind && path.withoutExtension == stem)
  }

  @Test func noPathIsTooWild() {
    var fuzzer = Fuzzer(seed: 15)
    fuzzer.run(on: ["/a//b.c/../d.safetensors", "红/e\u{301}//", "\u{0}/"].map { Array($0.utf8) }) { bytes in
      let path = String(decoding: bytes, as: UTF8.self)
      #expect(!path.fileName.utf8.contains(UInt8(ascii: "/")))
      #expect(path.parentFolder.utf8.count <= path.utf8.count)
      #expect(path.hasPrefix(path.withoutExtension) || path.utf8.starts(with: path.withoutExtension.utf8))
      #expect(!path.fileExtension.contains("."))
    }
  }
}

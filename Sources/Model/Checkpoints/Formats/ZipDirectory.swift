/// Where the files of a zip archive lie. Only archives as PyTorch writes them: nothing compressed or encrypted.
///
/// Layout: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT. Every size and offset is checked against the
/// bytes that are there; nothing is unpacked.
struct ZipDirectory {
  /// Name → bytes of the file.
  private(set) var files: [String: Range<Int>] = [:]
  private let path: String
  private let bytes: UnsafeRawBufferPointer

  private static let end: UInt32 = 0x0605_4B50
  private static let end64: UInt32 = 0x0606_4B50
  private static let locator64: UInt32 = 0x0706_4B50
  private static let member: UInt32 = 0x0201_4B50
  private static let local: UInt32 = 0x0403_4B50
  private static let memberByteCount = 46
  private static let maximumFiles = 100_000

  init(parsing bytes: UnsafeRawBufferPointer, path: String) throws(CheckpointError) {
    (self.bytes, self.path) = (bytes, path)
    let directory = try findDirectory()
    guard directory.count <= Self.maximumFiles, directory.count <= directory.range.count / Self.memberByteCount else {
      throw failure("it announces \(directory.count) files, too many for its size")
    }
    var reader = reader(at: directory.range.lowerBound)
    for _ in 0..<directory.count { try readMember(&reader, directory.range) }
    try checkOverlaps()
  }

  private func reader(at position: Int) -> ByteReader {
    ByteReader(bytes, from: position, path: path, part: "zip directory")
  }

  private func failure(_ detail: String) -> CheckpointError {
    CheckpointError(.malformed(part: "zip directory", detail: detail), path: path)
  }

  /// - Throws: if the bytes are not inside `limit`.
  private func range(_ start: UInt64, _ count: UInt64, before limit: Int, _ what: String) throws(CheckpointError)
    -> Range<Int>
  {
    let (end, overflow) = start.addingReportingOverflow(count)
    guard !overflow, end <= UInt64(limit) else {
      throw failure("\(what) has \(count) bytes at \(start), beyond the size of the file")
    }
    return Int(start)..<Int(end)
  }
}

// MARK: - The end of the archive

extension ZipDirectory {
  private typealias Place = (range: Range<Int>, count: Int)

  private func findDirectory() throws(CheckpointError) -> Place {
    let end = try findEnd()
    if let place = try findDirectory64(before: end) { return place }
    var reader = reader(at: end + 4)
    let disks = try reader.integer(UInt32.self, "the end record")
    _ = try reader.integer(UInt16.self, "the end record")
    let count = try reader.integer(UInt16.self, "the end record")
    let size = try reader.integer(UInt32.self, "the end record")
    let start = try reader.integer(UInt32.self, "the end record")
    guard disks == 0 else { throw failure("the archive is split over several disks") }
    return (try range(UInt64(start), UInt64(size), before: end, "it"), Int(count))
  }

  /// The end record stands last, with a comment of at most 65,535 bytes.
  private func findEnd() throws(CheckpointError) -> Int {
    let size = 22
    var position = bytes.count - size
    let first = max(0, position - 65_535)
    while position >= first {
      if word(at: position) == Self.end {
        let comment = Int(bytes[position + 20]) | Int(bytes[position + 21]) << 8
        if position + size + comment == bytes.count { return position }
      }
      position -= 1
    }
    throw failure("the end record is missing: the file is truncated")
  }

  private func word(at position: Int) -> UInt32? {
    guard position >= 0, position <= bytes.count - 4 else { return nil }
    return UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
  }

  /// Large archives have a second end record with wider numbers, and a pointer to it just before the first.
  private func findDirectory64(before end: Int) throws(CheckpointError) -> Place? {
    guard word(at: end - 20) == Self.locator64 else { return nil }
    var locator = reader(at: end - 20 + 8)
    let offset = try locator.integer(UInt64.self, "the zip64 locator")
    let record = try range(offset, 56, before: end - 20, "the zip64 record").lowerBound
    guard word(at: record) == Self.end64 else { throw failure("the zip64 record is not where it should be") }
    var reader = reader(at: record + 32)
    let count = try reader.integer(UInt64.self, "the zip64 record")
    let size = try reader.integer(UInt64.self, "the zip64 record")
    let start = try reader.integer(UInt64.self, "the zip64 record")
    guard let count = Int(exactly: count) else { throw failure("it announces too many files") }
    return (try range(start, size, before: record, "it"), count)
  }
}

// MARK: - Members

extension ZipDirectory {
  private struct Member {
    var name = ""
    var packed: UInt64 = 0
    var size: UInt64 = 0
    var offset: UInt64 = 0
  }

  private mutating func readMember(_ reader: inout ByteReader, _ directory: Range<Int>) throws(CheckpointError) {
    let member = try member(&reader)
    guard reader.position <= directory.upperBound else { throw failure("it goes on beyond its size") }
    guard member.packed == member.size else { throw failure("\(member.name.printable()) has two different sizes") }
    let place = try data(of: member, before: directory.lowerBound)
    guard files.updateValue(place, forKey: member.name) == nil else {
      throw failure("\(member.name.printable()) occurs twice")
    }
  }

  private func member(_ reader: inout ByteReader) throws(CheckpointError) -> Member {
    let what = "an entry"
    guard try reader.integer(UInt32.self, what) == Self.member else { throw failure("an entry has no signature") }
    try reader.take(4, what)
    let flags = try reader.integer(UInt16.self, what)
    let method = try reader.integer(UInt16.self, what)
    try reader.take(8, what)
    var member = Member()
    member.packed = UInt64(try reader.integer(UInt32.self, what))
    member.size = UInt64(try reader.integer(UInt32.self, what))
    let nameLength = Int(try reader.integer(UInt16.self, what))
    let extraLength = Int(try reader.integer(UInt16.self, what))
    let commentLength = Int(try reader.integer(UInt16.self, what))
    try reader.take(8, what)
    member.offset = UInt64(try reader.integer(UInt32.self, what))
    member.name = try reader.text(nameLength, what)
    let extra = try reader.take(extraLength, what)
    try reader.take(commentLength, what)
    guard flags & 1 == 0 else { throw failure("\(member.name.printable()) is encrypted") }
    guard method == 0 else {
      throw failure(
        "\(member.name.printable()) is compressed (method \(method)), which is unsupported: PyTorch never compresses")
    }
    try widen(&member, extra)
    return member
  }

  /// Numbers that did not fit 32 bits stand in an extra field, in this order.
  private func widen(_ member: inout Member, _ extra: Range<Int>) throws(CheckpointError) {
    var reader = ByteReader(
      UnsafeRawBufferPointer(rebasing: bytes[..<extra.upperBound]), from: extra.lowerBound, path: path,
      part: "zip directory")
    while reader.remaining >= 4 {
      let kind = try reader.integer(UInt16.self, "an extra field")
      let length = Int(try reader.integer(UInt16.self, "an extra field"))
      let field = try reader.take(length, "an extra field")
      guard kind == 1 else { continue }
      var wide = ByteReader(
        UnsafeRawBufferPointer(rebasing: bytes[..<field.upperBound]), from: field.lowerBound, path: path,
        part: "zip directory")
      for key in [\Member.size, \Member.packed, \Member.offset] where member[keyPath: key] == 0xFFFF_FFFF {
        member[keyPath: key] = try wide.integer(UInt64.self, "a zip64 field")
      }
    }
  }

  /// Where the bytes are: behind a second header, which must name the same file.
  private func data(of member: Member, before limit: Int) throws(CheckpointError) -> Range<Int> {
    let name = member.name.printable()
    let header = try range(member.offset, 30, before: limit, name)
    guard word(at: header.lowerBound) == Self.local else { throw failure("\(name) is not where it should be") }
    var reader = reader(at: header.lowerBound + 26)
    let nameLength = Int(try reader.integer(UInt16.self, name))
    let extraLength = Int(try reader.integer(UInt16.self, name))
    guard try reader.text(nameLength, name) == member.name else { throw failure("\(name) has two different names") }
    try reader.take(extraLength, name)
    return try range(UInt64(reader.position), member.size, before: limit, name)
  }

  private func checkOverlaps() throws(CheckpointError) {
    let sorted = files.filter { !$0.value.isEmpty }.sorted { $0.value.lowerBound < $1.value.lowerBound }
    for (first, second) in zip(sorted, sorted.dropFirst())
    where second.value.lowerBound < first.value.upperBound {
      throw failure("\(first.key.printable()) and \(second.key.printable()) overlap")
    }
  }
}

/// Parts of paths, cut at slashes byte by byte. Foundation's `deletingLastPathComponent` stops the program on "a//".
extension String {
  private static let slash = UInt8(ascii: "/")

  /// What stands behind the last slash; slashes at the end do not count.
  public var fileName: String { String(decoding: parts.name, as: UTF8.self) }

  /// What stands before the last slash; "" if there is none, "/" for what lies in the root.
  public var parentFolder: String {
    let before = parts.before
    guard let last = before.lastIndex(where: { $0 != Self.slash }) else { return before.isEmpty ? "" : "/" }
    return String(decoding: before[...last], as: UTF8.self)
  }

  /// Behind the last dot of the file's name, in small letters; "" if there is none.
  public var fileExtension: String {
    let name = parts.name
    return Self.dot(in: name).map { String(decoding: name[($0 + 1)...], as: UTF8.self).lowercased() } ?? ""
  }

  /// Without the last dot of the file's name and what stands behind it.
  public var withoutExtension: String {
    let (before, name) = parts
    return String(decoding: before + name[..<(Self.dot(in: name) ?? name.endIndex)], as: UTF8.self)
  }

  /// A dot in front makes a hidden file, no extension.
  private static func dot(in name: ArraySlice<UInt8>) -> Int? {
    name.lastIndex(of: UInt8(ascii: ".")).flatMap { $0 > name.startIndex ? $0 : nil }
  }

  private var parts: (before: ArraySlice<UInt8>, name: ArraySlice<UInt8>) {
    let bytes = Array(utf8)
    guard let last = bytes.lastIndex(where: { $0 != Self.slash }) else { return (bytes[...], []) }
    let start = bytes[...last].lastIndex(of: Self.slash).map { $0 + 1 } ?? 0
    return (bytes[..<start], bytes[start...last])
  }
}

import TOMLKit

/// A TOML value, copied out of the parser so that nothing points into it.
enum TOMLNode: Hashable {
  case string(String)
  case integer(Int)
  case boolean(Bool)
  case array([TOMLNode])
  case table([String: TOMLNode])
  /// Numbers with a point, dates: nothing in our files has one.
  case other

  init(_ value: any TOMLValueConvertible) {
    if let table = value.table {
      self = .table(Self.entries(of: table))
    } else if let array = value.array {
      self = .array(array.map { TOMLNode($0) })
    } else if let string = value.string {
      self = .string(string)
    } else if let integer = value.int {
      self = .integer(integer)
    } else if let boolean = value.bool {
      self = .boolean(boolean)
    } else {
      self = .other
    }
  }

  static func entries(of table: TOMLTable) -> [String: TOMLNode] {
    var entries: [String: TOMLNode] = [:]
    for key in table.keys {
      if let value = table[key] { entries[key] = TOMLNode(value) }
    }
    return entries
  }

  var string: String? { if case .string(let string) = self { string } else { nil } }
  var array: [TOMLNode]? { if case .array(let array) = self { array } else { nil } }
  var table: [String: TOMLNode]? { if case .table(let table) = self { table } else { nil } }
}

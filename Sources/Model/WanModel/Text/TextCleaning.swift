public enum TextCleaning { public static func clean(_ text: String) -> String { text } }

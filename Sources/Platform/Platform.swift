// The C library of the platform under one name: `import Platform` instead of `import Glibc`.
#if canImport(Glibc)
  @_exported public import Glibc
#elseif canImport(Musl)
  @_exported public import Musl
#elseif canImport(Darwin)
  @_exported public import Darwin
#else
  #error("no C library is known for this platform")
#endif

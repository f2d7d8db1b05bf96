// The part of fs-native-extensions that the owner lock uses; the package ships no types.
declare module 'fs-native-extensions' {
  /** Takes an exclusive lock on an open file without waiting; false while another open file description holds it. */
  export function tryLock(fileDescriptor: number): boolean
}

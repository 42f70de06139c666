using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]

// The tests measure and dump processes, and read files of hundreds of megabytes: side by side they would only wait for each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

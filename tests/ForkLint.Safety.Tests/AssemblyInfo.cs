using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]

// Each test watches what a whole process leaves behind, and several load the machine on purpose: one at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace ForkLint.Linux.Tests.Support;

/// <summary>Reads in one step what the tool reads in several.</summary>
internal static class WholeReads
{
    extension(ForkCandidate)
    {
        /// <summary>A process with its mappings.</summary>
        public static Reading<ForkCandidate> Read(ProcessFiles process)
        {
            var mappings = process.Mappings();
            return mappings.IsOk ? ForkCandidate.Read(process, mappings.Value) : mappings.FailAs<ForkCandidate>();
        }
    }

    extension(ToolFootprint)
    {
        /// <summary>Takes up nothing.</summary>
        public static ToolFootprint None => new() { ChargeBytes = 0, ResidentBytes = 0 };
    }
}

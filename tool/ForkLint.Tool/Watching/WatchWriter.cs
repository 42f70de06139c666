using ForkLint.Tool.CommandLine;

namespace ForkLint.Tool.Watching;

/// <summary>The view in a pipe or a file: lines.</summary>
internal sealed class WatchWriter : IWatchView
{
    /// <inheritdoc/>
    public void Run(Func<WatchTable?> look, TimeSpan every, CancellationToken cancellation)
    {
        var isFirst = true;
        do
        {
            if (look() is not { } table)
            {
                return;
            }

            ReportOutput.Write(WatchLines.Write(table, DateTimeOffset.Now, isFirst));
            isFirst = false;
        }
        while (!cancellation.WaitHandle.WaitOne(every));
    }
}

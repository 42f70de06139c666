using System.CommandLine;
using System.Net;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Export;
using ForkLint.Tool.Fleet;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Commands;

/// <summary><c>export</c>: what <c>ps</c> knows and what fits beside, of every .NET process, for a metrics system.</summary>
internal static class ExportCommand
{
    /// <summary>The command's name.</summary>
    public const string Name = "export";

    /// <summary>The option that needs a .NET runtime.</summary>
    public const string OtlpOption = "--otlp";

    private const string Examples = """
        sudo dotnet-forklint export                                                      the metrics, once, as OpenMetrics
        sudo dotnet-forklint export --listen 127.0.0.1:9778                              for Prometheus to scrape, at /metrics
        sudo dotnet-forklint export -o /var/lib/node_exporter/forklint.prom --every 30s  for node_exporter's textfile collector
        sudo dotnet-forklint export --otlp http://localhost:4318                         for an OpenTelemetry collector
        dotnet-forklint export --name Shop.Api                                           one application
        """;

    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(30);

    /// <summary>Makes the command.</summary>
    /// <param name="parts">What needs a runtime; null where there is none.</param>
    public static Command Create(ManagedParts? parts)
    {
        var processId = OptionFactory.ProcessId("Export only the process with this id.");
        var name = OptionFactory.Name("Export the .NET processes with this name, or with a name that contains it.");
        var once = new Option<bool>("--once") { Description = "Export once and exit: to standard output, to --output, or to --otlp. [default without --listen, --otlp and --every]" };
        var output = OptionFactory.Output("the metrics");
        var every = OptionFactory.Duration("--every", "With --output or --otlp: repeat at this interval. [default with --otlp: 30s]", TimeSpan.FromDays(1));
        var listen = OptionFactory.Listen("--listen", "Answer GET /metrics at this address and port of the machine.");
        var otlp = OptionFactory.HttpAddress(OtlpOption, "Send the metrics to this collector, by OTLP over HTTP.");
        var format = OptionFactory.Choice<ExportFormat>("--format", "The text format. Without this option, the name of a .prom file in --output chooses prometheus. With --listen each client chooses.");
        var most = OptionFactory.Number("--max-processes", "Export at most this many processes, the oldest first.", FleetSelection.DefaultMostProcesses, 1, 10_000);
        var fast = new Option<bool>("--fast") { Description = "Do not read mappings. The metrics then have no charge, no verdict, no PSS and no USS, and no process is stalled." };
        var command = new ExampleCommand(Name, "Export the figures of 'ps' for every .NET process, and the room for a child, to Prometheus and OpenTelemetry.", Examples) { processId, name, once, output, every, listen, otlp, format, most, fast };
        command.SetRun(parsed =>
        {
            var path = parsed.GetValue(output);
            var wishes = new Wishes(
                parsed.GetValue(once), path, parsed.GetValue(every), parsed.GetValue(listen), parsed.GetValue(otlp),
                OptionFactory.Form(parsed, format, path, (".prom", ExportFormat.Prometheus)));
            wishes.Check();
            var reader = new FleetReader(new FleetSelection { Pid = FleetSubject.Pid(parsed.GetValue(processId), parsed.GetValue(name)), Name = parsed.GetValue(name), MostProcesses = parsed.GetValue(most), IsFast = parsed.GetValue(fast) });
            return Interruptible.RunUntilInterrupted(cancellation => Export(reader, wishes, parts, cancellation));
        });
        return command;
    }

    private static ExitReason Export(FleetReader reader, Wishes wishes, ManagedParts? parts, CancellationToken cancellation)
    {
        if (wishes.Listen is { } address)
        {
            using var endpoint = new MetricsEndpoint(address, reader);
            ErrorLine.Note($"listening on http://{endpoint.Address}/metrics; Ctrl-C ends it");
            endpoint.ServeAsync(cancellation).GetAwaiter().GetResult();
            return ExitReason.Ok;
        }

        if (wishes.Otlp is { } collector)
        {
            using var push = parts?.OpenOtlp(collector)
                ?? throw new ToolException(ExitReason.MeasurementFailed, "this program was compiled without OpenTelemetry", "run 'dotnet-forklint', which starts it with a .NET runtime");
            void Send()
            {
                if (!push.Push(reader.Read()))
                {
                    throw new ToolException(ExitReason.MeasurementFailed, $"the metrics did not arrive at {collector}", "look whether a collector listens there for OTLP over HTTP");
                }
            }

            return Repeat(wishes.Once ? null : wishes.Every ?? DefaultInterval, Send, cancellation);
        }

        void Write()
        {
            var text = MetricsText.Write(reader.Read(), wishes.Format);
            if (wishes.OutputPath is { } path)
            {
                OutputFile.Write(path, "the metrics", stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));
            }
            else
            {
                ReportOutput.Write(text);
            }
        }

        return Repeat(wishes.Once ? null : wishes.Every, Write, cancellation);
    }

    /// <summary>Exports once, or at an interval until it is cancelled. The first export throws on a failure. A later one prints it, once until an export succeeds again, and goes on.</summary>
    private static ExitReason Repeat(TimeSpan? interval, Action look, CancellationToken cancellation)
    {
        look();
        var wasTold = false;
        while (interval is { } pause && !cancellation.WaitHandle.WaitOne(pause))
        {
            try
            {
                look();
                wasTold = false;
            }
            catch (ToolException failure)
            {
                if (!wasTold)
                {
                    ErrorLine.Write(failure.Message, failure.Advice);
                }

                wasTold = true;
            }
        }

        return ExitReason.Ok;
    }

    /// <summary>Where the metrics go.</summary>
    private sealed record Wishes(bool Once, string? OutputPath, TimeSpan? Every, IPEndPoint? Listen, Uri? Otlp, ExportFormat Format)
    {
        /// <summary>Refuses options that contradict each other or cannot be met, before any process is read.</summary>
        public void Check()
        {
            if (new object?[] { OutputPath, Listen, Otlp }.Count(static place => place is not null) > 1)
            {
                throw new ToolException(ExitReason.Usage, "--output, --listen and --otlp exclude each other", "start one exporter for each");
            }

            if (Every is not null && (Once || Listen is not null || (OutputPath is null && Otlp is null)))
            {
                throw new ToolException(
                    ExitReason.Usage,
                    Once ? "--once looks once, and --every again and again" : Listen is not null ? "with --listen, each request is a look, and --every is not needed" : "--every needs a file or a collector to write to",
                    "leave out --every, or add --output FILE or --otlp ADDRESS");
            }

            if (Once && Listen is not null)
            {
                throw new ToolException(ExitReason.Usage, "--once looks once, and --listen answers until it is ended", "leave out one of them");
            }

            if (OutputPath is not null)
            {
                OutputFile.Check(OutputPath, "the metrics");
            }
        }
    }
}

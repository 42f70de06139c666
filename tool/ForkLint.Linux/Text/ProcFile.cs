using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using ForkLint.Linux.Text;

namespace ForkLint.Linux;

/// <summary>Reads whole files of /proc, /sys and cgroup file systems, whose size the kernel reports as 0.</summary>
internal static unsafe class ProcFile
{
    private const int FirstBufferBytes = 16 * 1024;

    /// <summary>A parser of a whole file's text.</summary>
    public delegate Reading<T> Parser<T>(ReadOnlySpan<byte> text);

    /// <summary>Reads the file and parses it; the failure names the path.</summary>
    public static Reading<T> Parse<T>(string path, Parser<T> parser)
    {
        // smaps is megabytes long and the text is dropped at once: a rented buffer keeps it off the large object heap.
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
        try
        {
            var content = ReadInto(path, ref buffer);
            if (!content.TryGet(out var length))
            {
                return content.FailAs<T>();
            }

            var parsed = parser(buffer.AsSpan(0, length));
            return parsed.IsOk ? parsed : Reading<T>.Fail(parsed.Failure!.Value, $"{path}: {parsed.Detail}");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The whole file as text, without white space at its ends.</summary>
    public static Reading<string> ReadTrimmed(string path) =>
        Parse(path, static text => Reading<string>.Ok(Encoding.UTF8.GetString(Utf8Text.Trim(text))));

    /// <summary>The one number in the file.</summary>
    public static Reading<long> ReadLong(string path) => Parse(path, static text =>
        Utf8Text.TryParseLong(Utf8Text.Trim(text), out var number)
            ? Reading<long>.Ok(number)
            : Reading<long>.Fail(ReadFailure.Malformed, $"not a number: {Utf8Text.Excerpt(Utf8Text.Trim(text))}"));

    /// <summary>How many lines the file has, without keeping any of it.</summary>
    public static Reading<int> CountLines(string path)
    {
        var descriptor = Open(path);
        if (descriptor < 0)
        {
            return Fail<int>(path, Marshal.GetLastPInvokeError());
        }

        var buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
        try
        {
            var lines = 0;
            while (true)
            {
                nint count;
                fixed (byte* start = buffer)
                {
                    count = Libc.Read(descriptor, start, buffer.Length);
                }

                if (count > 0)
                {
                    lines += buffer.AsSpan(0, (int)count).Count((byte)'\n');
                }
                else if (count == 0)
                {
                    return Reading<int>.Ok(lines);
                }
                else if (Marshal.GetLastPInvokeError() is var error && error != Libc.ErrorInterrupted)
                {
                    return Fail<int>(path, error);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            _ = Libc.Close(descriptor);
        }
    }

    /// <summary>Where a symbolic link points, as the kernel prints it.</summary>
    public static Reading<string> ReadLink(string path)
    {
        const int size = 4096;
        var buffer = stackalloc byte[size];
        var length = Libc.ReadLink(path, buffer, size);
        return length >= 0
            ? Reading<string>.Ok(Encoding.UTF8.GetString(buffer, (int)length))
            : Fail<string>(path, Marshal.GetLastPInvokeError());
    }

    /// <summary>The typed outcome for an errno.</summary>
    public static Reading<T> Fail<T>(string path, int error)
    {
        var (failure, what) = error switch
        {
            Libc.ErrorNoProcess => (ReadFailure.ProcessGone, "no such process"),
            Libc.ErrorNoEntry => (IsOfProcess(path) ? ReadFailure.ProcessGone : ReadFailure.NotAvailable, "no such file"),
            Libc.ErrorAccess or Libc.ErrorNotPermitted => (ReadFailure.NotPermitted, "permission denied"),
            _ => (ReadFailure.NotAvailable, Marshal.GetPInvokeErrorMessage(error)),
        };
        return Reading<T>.Fail(failure, $"{path}: {what}");
    }

    // Reads the whole file into the buffer, which is exchanged for a larger one as needed, and returns the length.
    private static Reading<int> ReadInto(string path, ref byte[] buffer)
    {
        var descriptor = Open(path);
        if (descriptor < 0)
        {
            return Fail<int>(path, Marshal.GetLastPInvokeError());
        }

        try
        {
            var length = 0;
            while (true)
            {
                if (length == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(checked(buffer.Length * 2));
                    buffer.CopyTo(larger, 0);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }

                nint count;
                fixed (byte* start = buffer)
                {
                    count = Libc.Read(descriptor, start + length, buffer.Length - length);
                }

                if (count > 0)
                {
                    length += (int)count;
                }
                else if (count == 0)
                {
                    return Reading<int>.Ok(length);
                }
                else if (Marshal.GetLastPInvokeError() is var error && error != Libc.ErrorInterrupted)
                {
                    return Fail<int>(path, error);
                }
            }
        }
        finally
        {
            _ = Libc.Close(descriptor);
        }
    }

    private static int Open(string path)
    {
        int descriptor;
        do
        {
            descriptor = Libc.Open(path, Libc.OpenReadOnly | Libc.OpenCloseOnExec);
        }
        while (descriptor < 0 && Marshal.GetLastPInvokeError() == Libc.ErrorInterrupted);

        return descriptor;
    }

    // A missing file below /proc/PID means the process is gone only if its directory is gone too: old kernels lack some files,
    // and exe of a kernel thread is a link to nothing.
    private static bool IsOfProcess(string path)
    {
        for (var directory = Path.GetDirectoryName(path); directory is { Length: > 1 }; directory = Path.GetDirectoryName(directory))
        {
            var name = Path.GetFileName(directory.AsSpan());
            if (name.Length > 0 && !name.ContainsAnyExceptInRange('0', '9'))
            {
                return !Directory.Exists(directory);
            }
        }

        return false;
    }
}

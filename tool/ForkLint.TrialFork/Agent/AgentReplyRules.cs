using ForkLint.Agent;

namespace ForkLint.TrialFork;

/// <summary>What is known of an exchange without believing the reply.</summary>
/// <param name="Request">What was asked.</param>
/// <param name="Elapsed">How long the answer took, by the tool's own clock, which the agent's is too.</param>
/// <param name="DescriptorCount">How many descriptors came along.</param>
internal readonly record struct AgentExchange(AgentRequest Request, TimeSpan Elapsed, int DescriptorCount);

/// <summary>The numbers that an agent can give. It measures within the time of the request, so no duration is longer than that.</summary>
internal static class AgentReplyRules
{
    private const int HighestError = 4095; // MAX_ERRNO, include/linux/err.h
    private const int HighestPid = 1 << 22; // PID_MAX_LIMIT, include/linux/threads.h

    /// <summary>How many descriptors the answer to a request may bring.</summary>
    public static int MostDescriptors(AgentOperation operation, ForkOptions options) => operation switch
    {
        AgentOperation.Fork => (options & ForkOptions.SendMemory) != 0 ? 2 : 1,
        _ => 0,
    };

    /// <summary>What in a reply no agent can have said, as the end of "it answered with …"; null when all is possible.</summary>
    public static string? Objection(in AgentReply reply, AgentExchange exchange)
    {
        var (request, elapsed) = (exchange.Request, exchange.Elapsed);
        bool isFork = request.Operation is AgentOperation.Fork or AgentOperation.Vfork or AgentOperation.Warm;
        long longest = (long)elapsed.TotalNanoseconds + 1;
        if (reply.Magic != AgentProtocol.Magic || reply.Operation != request.Operation || reply.Number != request.Number)
        {
            return "something else than was asked";
        }

        if (reply.Status is < AgentStatus.Done or > AgentStatus.Failed || (reply.Status == AgentStatus.ForkRefused && !isFork))
        {
            return "a status that does not exist";
        }

        if (reply.TextLengthBytes is < 0 or > AgentProtocol.TextCapacityBytes)
        {
            return "a text of impossible length";
        }

        if (reply.Status == AgentStatus.Failed)
        {
            return null;
        }

        bool isRefused = reply.Status == AgentStatus.ForkRefused;
        if (isRefused ? reply.Error is < 1 or > HighestError : reply.Error != 0)
        {
            return "an impossible error number";
        }

        if (reply.LatencyNanoseconds < 0 || reply.LatencyNanoseconds > longest || reply.StallNanoseconds < 0 || reply.StallNanoseconds > longest)
        {
            return "a duration that is longer than the whole request";
        }

        if (request.Operation == AgentOperation.Hello ? reply.Value is not (0 or 1) : reply.Value < 0 || reply.Value > (long)elapsed.TotalMicroseconds + 1)
        {
            return "an impossible number";
        }

        bool hasChild = request.Operation == AgentOperation.Fork && !isRefused;
        if (hasChild ? reply.ChildPid is < 1 or > HighestPid || exchange.DescriptorCount == 0 : exchange.DescriptorCount != 0)
        {
            return "descriptors that do not fit the request";
        }

        // Bit 0 is the child's pidfd, bit 1 its memory, which may be missing.
        return hasChild && reply.Descriptors != (1 << exchange.DescriptorCount) - 1 ? "descriptors that do not fit the request" : null;
    }
}

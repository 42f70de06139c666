namespace ForkLint.TrialFork.Tests.Ptrace;

/// <summary>Why a process may not be traced, and what helps: each reason has its own remedy.</summary>
public class TraceAccessTests
{
    private static readonly TraceFacts Own = new("app (pid 7)", YamaScope: null, HasCapability: false, IsSameUserNamespace: true, IsSameUser: true, IsDumpable: true);

    [Theory]
    [InlineData(3, true, true, true, true, "ptrace_scope is 3", "start the machine")]
    [InlineData(2, false, true, true, true, "ptrace_scope is 2", "--cap-add SYS_PTRACE")]
    [InlineData(1, false, true, true, true, "ptrace_scope is 1", "measure -- COMMAND")]
    [InlineData(1, false, true, false, true, "another user", "as that user")]
    [InlineData(0, false, true, true, false, "not dumpable", "sudo")]
    [InlineData(0, true, false, true, true, "user namespace", "on the host")]
    [InlineData(0, true, true, true, true, "security module", "dmesg")]
    [InlineData(null, false, null, true, true, "security module", "sudo")]
    public void Each_reason_has_its_remedy(int? yama, bool hasCapability, bool? isSameNamespace, bool isSameUser, bool isDumpable, string reason, string remedy)
    {
        var refusal = TraceAccess.Explain(Own with { YamaScope = yama, HasCapability = hasCapability, IsSameUserNamespace = isSameNamespace, IsSameUser = isSameUser, IsDumpable = isDumpable });
        Assert.Equal(ExitReason.NotPermitted, refusal.Reason);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, refusal.Advice, StringComparison.Ordinal);
        Assert.True(refusal.AllowsEstimate);
    }
}

namespace ForkLint.TrialFork;

/// <summary>AppArmor and SELinux may keep an application from reading the agent, and a runtime that cannot read it ends the application.</summary>
internal sealed class SecurityLabelCheck : IPreflightCheck
{
    /// <inheritdoc/>
    public Refusal? Examine(PreflightSubject subject) => subject.Request.EnterUnproven || SecurityLabel.Unknown(subject.Target) is not { } label
        ? null
        : new Refusal(
            ExitReason.RefusedForSafety,
            $"{subject.Target.Title} is confined as '{label}', and whether that lets it read the agent in {subject.Facts.TemporaryFolder} is not known",
            "--force enters if its policy allows its temporary folder, --engine estimate does not enter")
        { AllowsEstimate = true };
}

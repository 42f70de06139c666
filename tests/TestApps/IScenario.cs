namespace ForkLint.TestApps;

/// <summary>One thing a target can be.</summary>
internal interface IScenario
{
    /// <summary>Makes the target what the options say; returns when it stands still.</summary>
    public void Prepare(ScenarioOptions options);

    /// <summary>Does what the scenario does on "Go"; returns what is answered after "Done".</summary>
    public string Go();
}

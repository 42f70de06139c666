using System.Globalization;
using System.Text;
using System.Xml;
using ForkLint.Linux.Text;
using ForkLint.Tool.Checking.Sarif;
using ForkLint.Tool.Findings;

namespace ForkLint.Tool.Checking.Output;

/// <summary>
/// Findings as a JUnit report, which nearly every build server shows: a failed test case for each finding, and one that passes where
/// there is none. The elements are those that Jenkins, GitLab and Azure Pipelines have in common
/// (https://github.com/testmoapp/junitxml).
/// </summary>
internal static class FindingJUnit
{
    private static readonly XmlWriterSettings Settings = new() { Indent = true, NewLineChars = "\n", Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) };

    /// <summary>The document.</summary>
    public static string Render(CheckResult result)
    {
        using var stream = new MemoryStream();
        using (var xml = XmlWriter.Create(stream, Settings))
        {
            var findings = result.Active.ToArray();
            var tests = Math.Max(1, findings.Length).ToString(CultureInfo.InvariantCulture);
            var failures = findings.Length.ToString(CultureInfo.InvariantCulture);
            xml.WriteStartElement("testsuites");
            WriteCounts(xml, "ForkLint", tests, failures);
            xml.WriteStartElement("testsuite");
            WriteCounts(xml, Text(result.Projects.Name), tests, failures);
            foreach (var finding in findings)
            {
                WriteCase(xml, finding);
            }

            if (findings.Length == 0)
            {
                xml.WriteStartElement("testcase");
                xml.WriteAttributeString("classname", "ForkLint");
                xml.WriteAttributeString("name", "no findings");
                xml.WriteEndElement();
            }

            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static void WriteCounts(XmlWriter xml, string name, string tests, string failures)
    {
        xml.WriteAttributeString("name", name);
        xml.WriteAttributeString("tests", tests);
        xml.WriteAttributeString("failures", failures);
        xml.WriteAttributeString("errors", "0");
    }

    private static void WriteCase(XmlWriter xml, Finding finding)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", Text(finding.RuleId));
        xml.WriteAttributeString("name", Text($"{finding.RuleId} {FindingText.Place(finding)}"));
        if (finding.Location is { } location)
        {
            xml.WriteAttributeString("file", Text(location.Path));
            if (location.Line > 0)
            {
                xml.WriteAttributeString("line", location.Line.ToString(CultureInfo.InvariantCulture));
            }
        }

        xml.WriteStartElement("failure");
        xml.WriteAttributeString("type", FindingText.LevelName(finding.Level));
        xml.WriteAttributeString("message", Text(finding.Message));
        xml.WriteString(Text($"{FindingText.Place(finding)}: {finding.Message}") + (RuleNames.Page(finding.RuleId) is { } page ? $"\n{page}" : ""));
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    // The writer escapes markup; what XML cannot hold at all (XML 1.0, §2.2) is a control character or a non-character.
    private static string Text(string text) => VisibleText.Of(text).Replace('\ufffe', '\ufffd').Replace('\uffff', '\ufffd');
}

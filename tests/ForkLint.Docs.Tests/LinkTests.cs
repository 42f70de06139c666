namespace ForkLint.Docs.Tests;

/// <summary>What a page points at is there.</summary>
public sealed class LinkTests
{
    [Fact]
    public void Links_lead_to_files_that_exist()
    {
        foreach (var page in Pages.All.Concat(Pages.ForContributors))
        {
            var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, page))!;
            Assert.All(Pages.Links(page), link => Assert.True(
                link.StartsWith("https://", StringComparison.Ordinal) || Path.Exists(Path.Combine(folder, link)), $"{page} links to {link}"));
        }
    }

    [Fact]
    public void What_a_page_for_contributors_names_as_a_place_in_the_repository_is_there()
    {
        var places = Pages.ForContributors.SelectMany(page => Pages.Places(page).Select(place => (Page: page, Place: place))).ToList();
        Assert.True(places.Count > 40, $"only {places.Count} places were found");
        Assert.DoesNotContain(places, static named => !Path.Exists(Path.Combine(Repository.Root, named.Place)));
    }
}

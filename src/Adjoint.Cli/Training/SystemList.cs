using System.Text;

namespace Adjoint.Cli;

/// <summary>The systems that can be trained, with their settings.</summary>
static class SystemList
{
    public static string Print()
    {
        var text = new StringBuilder();
        foreach (var system in TrainingSystem.All)
        {
            text.Append($"{system.Name,-15} {system.Title}\n");
            foreach (var (name, value, description) in system.Settings().All) text.Append($"  {name + "=" + value,-15} {description}\n");
        }
        return text.ToString();
    }

    public static string Json() => JsonText.Object(json => json.Objects("systems", TrainingSystem.All, system =>
    {
        json.WriteString("name", system.Name);
        json.WriteString("title", system.Title);
        json.Objects("settings", system.Settings().All, setting =>
        {
            json.WriteString("name", setting.Name);
            json.WriteString("value", setting.Value);
            json.WriteString("description", setting.Description);
        });
    })) + "\n";
}

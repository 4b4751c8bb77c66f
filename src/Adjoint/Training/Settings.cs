using System.Globalization;

namespace Adjoint;

/// <summary>Numbers, flags and names that a run can be given: each with its value if nobody says otherwise.</summary>
public sealed class Settings
{
    readonly OrderedDictionary<string, (object Value, string Description)> all = [];

    /// <summary>Every setting with its value as it would be written, and what it means.</summary>
    public IEnumerable<(string Name, string Value, string Description)> All =>
        all.Select(s => (s.Key, Text(s.Value.Value), s.Value.Description));

    /// <summary>Adds a setting: its type is that of the value.</summary>
    /// <param name="value">int, double, bool or string.</param>
    public Settings Add(string name, object value, string description)
    {
        if (value is not (int or double or bool or string)) throw Throw.Internal($"setting {name} is a {value.GetType().Name}");
        all.Add(name, (value, description));
        return this;
    }

    /// <summary>Changes a setting.</summary>
    /// <exception cref="SettingException">There is none of this name, or the text is no value of its type.</exception>
    public void Set(string name, string text)
    {
        if (!all.TryGetValue(name, out var setting))
            throw new SettingException($"There is no setting '{name}'.\n  settings  {string.Join(", ", all.Keys)}");
        object? value = setting.Value switch
        {
            int => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var whole) ? whole : null,
            double => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null,
            bool => bool.TryParse(text, out var flag) ? flag : null,
            _ => text,
        };
        if (value is null)
            throw new SettingException($"Setting '{name}' is {Kind(setting.Value)}, not '{text}'.\n  {name}  {setting.Description}");
        all[name] = (value, setting.Description);
    }

    /// <summary>Changes some and gives the whole.</summary>
    /// <exception cref="SettingException">One of them does not exist, or its text is no value of its type.</exception>
    internal Settings With(params ReadOnlySpan<(string Name, string Text)> given)
    {
        foreach (var (name, text) in given) Set(name, text);
        return this;
    }

    public int Count(string name) => Get<int>(name);

    public double Number(string name) => Get<double>(name);

    public bool Flag(string name) => Get<bool>(name);

    public string Name(string name) => Get<string>(name);

    public bool Has(string name) => all.ContainsKey(name);

    T Get<T>(string name) => all.TryGetValue(name, out var setting) && setting.Value is T value ? value
        : throw Throw.Internal($"there is no setting {name} of type {typeof(T).Name}");

    static string Kind(object value) => value switch
    {
        int => "a whole number",
        double => "a number",
        _ => "true or false",
    };

    static string Text(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => (string)value,
    };
}

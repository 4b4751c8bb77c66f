using Xunit;

namespace Adjoint.Tests;

public sealed class SettingsTests
{
    [Fact]
    public void A_setting_takes_a_text_of_its_type()
    {
        var settings = Some();
        foreach (var (name, text) in new[] { ("epochs", "7"), ("lr", "1e-3"), ("pooling", "false"), ("cell", "gru") }) settings.Set(name, text);
        Assert.Equal((7, 0.001, false, "gru"), (settings.Count("epochs"), settings.Number("lr"), settings.Flag("pooling"), settings.Name("cell")));
        Assert.Equal(["7", "0.001", "false", "gru"], settings.All.Select(s => s.Value));
    }

    [Theory]
    [InlineData("epochs", "1.5", "Setting 'epochs' is a whole number, not '1.5'.")]
    [InlineData("lr", "fast", "Setting 'lr' is a number, not 'fast'.")]
    [InlineData("lr", "nan", "Setting 'lr' is a number, not 'nan'.")]
    [InlineData("pooling", "maybe", "Setting 'pooling' is true or false, not 'maybe'.")]
    [InlineData("epoch", "3", "There is no setting 'epoch'.\n  settings  epochs, lr, pooling, cell")]
    public void Anything_else_is_an_error(string name, string text, string message) =>
        Assert.StartsWith(message, Assert.Throws<SettingException>(() => Some().Set(name, text)).Message, StringComparison.Ordinal);

    static Settings Some() => new Settings().Add("epochs", 1, "passes").Add("lr", 0.1, "rate").Add("pooling", true, "whether").Add("cell", "lstm", "kind");
}

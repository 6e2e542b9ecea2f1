"""Words of the pages that the server renders itself; the application's own are in static/src."""

from __future__ import annotations

from scenario_engine.texts import Text

WORDS: dict[str, Text] = {
    "title": Text("Kaskad", "Каскад"),
    "tagline": Text("Collection that the business runs itself", "Взыскание, которым управляет бизнес"),
    "sign_in": Text("Sign in", "Войти"),
    "username": Text("User name", "Имя пользователя"),
    "password": Text("Password", "Пароль"),
    "wrong_login": Text("Wrong user name or password.", "Неверное имя пользователя или пароль."),
    "demo_note": Text(
        "This is a demo: every person and loan in it is invented, and nothing leaves this machine.",
        "Это демонстрация: все люди и займы вымышлены, и наружу ничего не отправляется.",
    ),
    "no_bundle_title": Text("The pages are not built yet", "Страницы ещё не собраны"),
    "no_bundle_text": Text(
        "The browser's part of Kaskad is missing on the server. Run the command below and reload this page.",
        "На сервере нет той части «Каскада», которая работает в браузере. Выполните команду и обновите страницу.",
    ),
    "no_script": Text("Kaskad needs JavaScript.", "Для работы «Каскада» нужен JavaScript."),
    "back": Text("Back to Kaskad", "Вернуться в «Каскад»"),
    "administration": Text("Administration", "Администрирование"),
    "users": Text("Users", "Пользователи"),
    "roles": Text("Roles", "Роли"),
    "groups": Text("Groups and queues", "Группы и очереди"),
    "raw_data": Text("Raw data", "Исходные данные"),
    "borrowers": Text("Borrowers", "Заёмщики"),
    "loans": Text("Loans", "Займы"),
    "payments": Text("Payments", "Платежи"),
    "signals": Text("Signals", "События"),
    "acts": Text("Actions", "Действия"),
    "choose": Text("Choose", "Выберите"),
    "role": Text("Role", "Роль"),
    "rights": Text("May", "Может"),
    "group": Text("Group", "Группа"),
    "add_group": Text("New group", "Новая группа"),
    "edit_group": Text("Change the group", "Изменить группу"),
    "name": Text("Name", "Название"),
    "label": Text("Title", "Заголовок"),
    "description": Text("Description", "Описание"),
    "first_name": Text("First name", "Имя"),
    "last_name": Text("Last name", "Фамилия"),
    "active": Text("May sign in", "Может входить"),
    "active_help": Text(
        "Switch a person off instead of deleting them: what they did stays theirs.",
        "Не удаляйте человека, а отключите: его действия останутся за ним.",
    ),
    "email": Text("E-mail", "Эл. почта"),
    "login_count": Text("Logins", "Входов"),
    "password_again": Text("Password once more", "Пароль ещё раз"),
    "groups_help": Text(
        "A group with the name of a task queue: its operators see the free tasks of that queue.",
        "Группа с именем очереди задач: её операторы видят свободные задачи этой очереди.",
    ),
    "yes": Text("yes", "да"),
    "no": Text("no", "нет"),
    "my_account": Text("My account", "Моя учётная запись"),
    "sign_out": Text("Sign out", "Выйти"),
    "error_403": Text("You may not see this page", "У вас нет доступа к этой странице"),
    "error_403_text": Text(
        "Ask an administrator for the right role.", "Попросите администратора назначить вам нужную роль."
    ),
    "error_404": Text("There is no such page", "Такой страницы нет"),
    "error_404_text": Text("The address may be old or mistyped.", "Возможно, ссылка устарела или в адресе опечатка."),
    "error_429": Text("Too many attempts", "Слишком много попыток"),
    "error_429_text": Text("Wait a minute and try again.", "Подождите минуту и попробуйте снова."),
    "error_400": Text("The page was open for too long", "Страница была открыта слишком долго"),
    "error_400_text": Text("Reload it and try again.", "Обновите её и попробуйте снова."),
    "error_500": Text("Something went wrong on our side", "Что-то пошло не так"),
    "error_500_text": Text("It has been written down. Try again.", "Мы записали ошибку. Попробуйте ещё раз."),
}
